"""Link discovery: ranking pairs that nobody has stated yet, with the paths behind each."""
