"""Pure functions over Dutch text: tokens, sentences, word forms, patterns, topics.

Nothing here knows a client or an activity. Every function keeps the offsets of
the text that the caller gave, so a conclusion can always point at its words.
"""
