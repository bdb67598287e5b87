"""
What one person may use: requests, tokens and pages in a minute, answers and sockets at once.

    rate      units in a minute, from a reserve that this worker holds
    places    things that are under way at once, from those that this worker holds
    leases    where reserves and places come from: this process, or the store of all workers
    limits    how much of each, by group

A limit holds over all workers. It costs no round trip for each request: a worker leases a part of
what is left, uses that, and gives back what it does not use.
"""
