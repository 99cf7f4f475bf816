"""The workshop that makes the bundled model. Not part of the installed package."""
