"""The dated rules: their TOML, a site's overrides, the page that shows them."""
