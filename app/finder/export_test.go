package finder

// ModelBytes is the built-in model, for tests.
func ModelBytes() []byte { return modelBytes }

// Classes lists what a model can answer, for tests.
func Classes(f *Finder) []string { return f.intents }
