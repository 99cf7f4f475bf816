"""Tables that a welfare coach can read and correct, and their loader.

No code that decides lives here: a row says what is known, where it comes from
and how sure that is; the steps read the rows through :mod:`.tables`.
"""
