"""
Small worlds: a tiny database on which two queries have different rows.

`search.tell_apart` does it, in these steps. `prepared` writes both queries for an engine in memory.
`layout` is the tables that they read, with their keys, and `hints` the values that they compare
columns with, from which `values` and `pools` make a few for each column. `rows` fills the tables
at random, `running` runs the queries, and `outcomes` compares what they return. What differs is
made small by `shrinking` and plain by `smoothing`, and `telling` says what decides.

A difference is a fact: it was run, twice. That none was found proves nothing.
"""
