// Package office is the office's side of the counter: it lists what waits, opens an
// application on the office's own machine, and answers the applicant. It is logic
// over one port, so that the shell's commands and a browser console can share it.
//
// An application is trusted only so far: it opens with the office's key, its sid is
// the envelope's, its form the header's. Its pack may be newer than what the
// applicant saw offered; its clock may be wrong. Two applications with one nonce are
// the same intent under two names (F57): [Twins] finds them.
//
// An answer is signed, then sealed to the key that the phone put into its
// application. It is numbered one above the last event, so that two clerks who answer
// at once do not overwrite each other: the second is told to look again.
package office
