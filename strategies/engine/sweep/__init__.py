"""Many backtests at once: the figures of every cell of a grid, each equal to its single backtest.

grid        which parameters each cell has
averages    the averages that cells compare, each computed once
market      what all cells share: bars, sums over bars, ranges of prices; terms of trade
kernels     the compiled functions
metrics     what is counted in a cell, and the figures made of it
selection   the best cell, and those beside it
walk_forward  choosing by the past alone
sweep       chooses the way and puts the figures together
"""
