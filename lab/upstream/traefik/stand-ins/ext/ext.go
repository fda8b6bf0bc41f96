// Package ext is where a build of Traefik may add settings to those of HTTP. The lab's adds none.
package ext

// HTTP would be part of the settings of HTTP.
type HTTP struct{}

// Router would be part of the settings of a router.
type Router struct{}
