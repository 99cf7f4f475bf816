"""What tests of and around this library need: strategies, a small encoder, contract tests."""
