// Package e2e tests the whole product in Chromium: the rooms that only exist in a
// browser, and the journeys of people through the real app and the real server.
package e2e
