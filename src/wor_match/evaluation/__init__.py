"""How good it is, and for whom: what an analyst runs, and what chose the weights.

Nothing here is imported by ``match()``. Heavy packages are imported by the functions
that need them; what the core install does not bring comes with the extra ``evaluation``.

==================  ==========================================================
``judged``          judged sets: read, checked, every fault named
``worksheets``      spreadsheets to judged sets, blind pools to judge
``agreement``       how far judges agree, and the ceiling that follows
``truth``           which pairs break what the truth says
``metrics``         measures, one number per client
``significance``    intervals and tests on those numbers
``peers``           what a user would take instead
``compare``         one table: systems, measures, intervals
``fairness``        counterfactual swaps and figures per group
``weights``         weights learned from judgments
``outcomes``        what happened after, and what another ranking would have done
``gaps``            what was asked and not found
``snapshot_diff``   whose list a new snapshot changes, and why
==================  ==========================================================
"""
