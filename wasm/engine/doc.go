//go:build !js

package main

// Nothing: the command is for the browser. This file lets the size test run on the host.
func main() {}
