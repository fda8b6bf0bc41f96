// Package ecs finds no services: it stands in for Traefik's package of that name, which asks Amazon's ECS for them.
package ecs

import (
	"errors"

	"github.com/traefik/traefik/v3/pkg/config/dynamic"
	"github.com/traefik/traefik/v3/pkg/safe"
)

// ProviderName is what the provider is called in Traefik's settings.
const ProviderName = "ecs"

// Provider has none of the real one's settings.
type Provider struct{}

// Init fails: whoever turns this provider on must learn that it is not there.
func (p *Provider) Init() error {
	return errors.New("the lab's Traefik knows nothing of ECS")
}

// Provide is never called, since Init has failed.
func (p *Provider) Provide(chan<- dynamic.Message, *safe.Pool) error {
	return nil
}
