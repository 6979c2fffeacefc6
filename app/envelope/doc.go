// Package envelope is what crosses the network: sealed applications, receipts,
// status events and the messages that carry them. The phone, the server (which can't
// read what it holds) and the office all use this one package.
//
// # Envelope, version 1
//
//	offset  bytes  field
//	0       4      "LXB1"
//	4       2      KEM   big endian: 0x647a MLKEM768-X25519 (default), 0x0020 X25519
//	6       2      KDF   0x0001 HKDF-SHA256
//	8       2      AEAD  0x0002 AES-256-GCM
//	10      1+n    office: length, then 1–32 of a–z 0–9 -
//	        8      key id: the first 8 bytes of SHA-256 of the office's sealing key
//	        16     sid
//	        1+n    pack: length, then 0–64 of a–z 0–9 - @ . +
//	        1+n    form: length, then 1–32 of a–z 0–9 - @ .
//	        32     capability: SHA-256 of the secret that opens the status
//	        e      enc: the KEM's encapsulation (1120 hybrid, 32 X25519)
//	        b+16   ciphertext: a padded plaintext of b = 1, 2, 4 … 128 KB, and the tag
//
// HPKE (RFC 9180, draft-ietf-hpke-pq) in base mode, one shot. HPKE's one shot has no
// additional data, so info = "lixianban/envelope/1" 0x00 and every byte before enc:
// change one and opening fails (SR-08). The length is fully determined by the header
// and the bucket, so a longer or shorter envelope is refused before any key is used.
//
// The plaintext is padded (SR-09): 4 bytes of length, the content, zeros up to the
// bucket. Opening checks the zeros and that the bucket is the smallest that fits,
// so each content has exactly one padded form.
//
// # Receipt
//
// Ed25519 over the lines of ReceiptText. A receipt is a fact about bytes: it verifies
// only against the sid and the hash the phone itself computed (I3).
//
// # Status event
//
// The office signs the Status JSON together with its sid (Ed25519, domain
// "lixianban/status/1"), pads signature and JSON, and seals both by X25519 HPKE
// to the key the phone put inside its application; info binds sid and seq. The server sees
// sid, seq and a bucketed length.
//
// # Office request
//
// One header, Lixianban-Office, without commas (an edge runtime splits headers at them):
// "v1 office key time nonce signature" over the lines of RequestText.
//
// # JSON
//
// Decode and DecodeTolerant read every JSON message: size first, valid UTF-8, depth at
// most 16, exact and unique member names, no null, nothing after the value (SR-29).
// The server refuses unknown members; the phone skips them, so that a newer server
// doesn't silence an older phone.
//
// # Randomness
//
// crypto/hpke and crypto/ed25519 draw from the system by themselves and offer no
// parameter; tests fix it with testing/cryptotest.
package envelope
