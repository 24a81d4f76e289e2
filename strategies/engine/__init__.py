"""The backtest itself: NumPy arrays in, frozen dataclasses out.

prices      what the engine is given
averages    moving averages, exact at ties
rules       from prices to the side of the market a rule wants at each close
orders      from sides to the bars at which orders are filled
simulation  from orders to trades, cash and equity, with costs
metrics     from equity and trades to key figures
backtest    all of these in a row, beside buy and hold
"""

ENGINE_VERSION = "1.0"
"""Part of every run's identity: raised whenever the same question could get another answer."""
