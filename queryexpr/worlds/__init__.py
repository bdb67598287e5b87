"""
Small worlds: a tiny database on which two queries have different rows.

`search.tell_apart` looks for one. `prepared` writes both queries for an engine in memory: `clock`
fixes what they take for today, and `ties` breaks ties at random. `layout` is the tables that they
read, with their keys. `hints` are the values that they compare columns with, which `names` finds;
`values` and `pools` make a few for each column from these. `rows` fills the tables at random,
`running` runs the queries, `outcomes` compares what they return, and `trial` holds all of this
together. What differs is made small by `shrinking`. `facts` and `changes` say what would be
without what is special in it, and `telling` says what decides.

A difference is a fact: it was run, twice. That none was found proves nothing.
"""
