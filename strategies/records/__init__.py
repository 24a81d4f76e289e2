"""Live records: a frozen backtest, followed on bars that came later."""
