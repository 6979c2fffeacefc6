// Package finder hears what a person asks, in their own words, and names the
// intents it may mean. It runs on the phone with no network and no dictionary.
//
// # How a question is heard
//
//  1. normal: full width to half, upper to lower, the few traditional characters
//     people paste, punctuation to breaks.
//  2. tokens: each Han character with its sound (a toneless syllable in which the
//     pairs that dialects merge are one: zh z, ch c, sh s, ng n, l n); runs of Latin
//     letters are English words, typed pinyin (tingbao) or initials (xnh).
//  3. concepts: the longest lexicon words, by character or, from two syllables on, by
//     sound; so 停宝 is heard as 停保. A concept heard by sound only is marked weaker.
//  4. features: concepts, pairs of concepts, characters, pairs of neighbours in
//     characters and in sound.
//  5. a linear model, trained on the host from train/corpus.txt and kept in
//     model.bin, gives each intent and "none of these" a share of 1.
//
// A question whose best answer is "none", or whose best share is under MinShare,
// gets no intent: "no idea" is better than a confident wrong guide.
//
// # Files made on the host
//
// sounds.txt (syllable, then its characters) and model.bin come from
// `go run ./app/finder/train`; a test there fails when they are out of date.
//
// model.bin: "LXF1", then uvarints: number of intents, the names (length, bytes),
// scale ×1000 (weight = int8 × scale), number of features, then per feature: hash as
// delta to the one before, number of weights, and (intent, int8) pairs.
package finder
