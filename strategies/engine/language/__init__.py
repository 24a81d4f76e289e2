"""The language of custom rules: conditions to buy and to sell, written as text.

grammar.lark  what can be written
parse         text to tree
tree          the frozen tree that everything else reads
vocabulary    series, functions and the values of a position that texts can name
check         limits, and names that do not fit their place
write         tree to text, the same for equal trees
reading       tree to a sentence for people
binding       values in the place of parameters
series        operands as arrays
conditions    conditions as arrays that know true, false and unknown
exits         conditions about the open position, arranged for the book
book          the position a rule wants at each close
evaluate      all of it, from a rule and prices to decisions
closing       which clause ended a position
lines         the lines that a rule decides by
"""

LANGUAGE_VERSION = 1
"""Grows when a text that was valid comes to mean something else."""
