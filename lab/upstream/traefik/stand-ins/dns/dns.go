// Package dns knows no provider: it stands in for lego's package of that name, which has all of them.
package dns

import (
	"fmt"

	"github.com/go-acme/lego/v5/challenge"
)

// NewDNSChallengeProviderByName fails, as lego's does for a name that it does not know.
func NewDNSChallengeProviderByName(name string) (challenge.Provider, error) {
	return nil, fmt.Errorf("the lab's Traefik knows no DNS provider %s", name)
}
