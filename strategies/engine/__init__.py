"""The backtest itself: NumPy arrays in, frozen dataclasses out.

prices      what the engine is given
averages    moving averages, exact at ties
rules       from prices to the side of the market a rule wants at each close
orders      from sides to the bars at which orders are filled
account     what an order costs and what is left afterwards
stops       exits inside a bar
simulation  from orders to trades, cash and equity
metrics     from equity and trades to key figures; drawdowns and rolling beside it
comparison  another share's bars on the traded days
backtest    all of these in a row, beside buy and hold

docs/methods/backtesting.md defines each step, bar by bar.
"""

ENGINE_VERSION = "2.2"
"""Part of every run's identity: raised whenever the same question could get another answer."""
