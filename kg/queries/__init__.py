"""The catalogue of prepared queries and the engines that run them."""
