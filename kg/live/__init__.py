"""Documents from the services that have them: asked politely, kept as they come, resumed where it stopped."""
