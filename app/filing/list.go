package filing

// IDs lists the ids of the forms this version knows, for whoever sets up an office.
func IDs() []string {
	var ids []string
	for _, f := range forms {
		ids = append(ids, f.ID)
	}
	return ids
}
