from django.db import migrations

COLUMNS = """
    INSERT INTO dashboard_historyentry (
        user_id, kind, result_id, chain, symbol, rule, title, details, outcome, figures, page, name, note,
        saved_at, created_at, obtained_at
    )
"""

BACKTEST = """
    'backtest', run.id, run.id, run.symbol, run.parameters->>'rule',
    run.symbol || ' ' || initcap(run.parameters->>'average') || ' ' || (run.parameters->>'fast') || ' / '
        || (run.parameters->>'slow'),
    '', run.summary,
    jsonb_build_object(
        'total_return', run.total_return, 'benchmark_total_return', run.benchmark_total_return
    ),
    '/backtests/' || run.id || '/', ''
"""

LIST_BACKTESTS = f"""
    {COLUMNS}
    SELECT NULL, {BACKTEST}, '', NULL, run.created_at, run.created_at
    FROM strategies_backtest AS run ON CONFLICT DO NOTHING
"""

LIST_SAVED_RUNS = f"""
    {COLUMNS}
    SELECT saved.user_id, {BACKTEST}, saved.note, saved.created_at, run.created_at, run.created_at
    FROM dashboard_savedrun AS saved JOIN strategies_backtest AS run ON run.id = saved.backtest_id
    ON CONFLICT DO NOTHING
"""

LIST_SWEEPS = f"""
    {COLUMNS}
    SELECT NULL, 'sweep', run.id, run.id, run.symbol, run.parameters->>'rule', run.symbol || ' sweep',
        run.trials || ' combinations', run.summary, '{{}}', '/sweeps/' || run.id || '/', '', '', NULL,
        run.created_at, run.created_at
    FROM strategies_parametersweep AS run ON CONFLICT DO NOTHING
"""

LIST_UNIVERSES = f"""
    {COLUMNS}
    SELECT NULL, 'universe', run.id, run.id, '', run.parameters->>'rule',
        jsonb_array_length(run.symbols) || ' symbols', '', '', '{{}}', '/universes/' || run.id || '/', '', '',
        NULL, run.created_at, run.created_at
    FROM strategies_universesweep AS run ON CONFLICT DO NOTHING
"""

LIST_FORECASTS = f"""
    {COLUMNS}
    SELECT NULL, 'forecast', run.id, run.id, run.symbol, '', run.symbol || ' from ' || run.issued_on, '', '',
        '{{}}', '/forecasts/' || run.id || '/', '', '', NULL, run.created_at, run.created_at
    FROM forecasting_forecast AS run ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    """Lists what was stored before there was a history: what a user saved as theirs, the rest as nobody's."""

    dependencies = [
        ("dashboard", "0004_history"),
        ("strategies", "0006_owner"),
        ("forecasting", "0003_owner"),
    ]

    operations = [
        migrations.RunSQL(statement, migrations.RunSQL.noop)
        for statement in (LIST_SAVED_RUNS, LIST_BACKTESTS, LIST_SWEEPS, LIST_UNIVERSES, LIST_FORECASTS)
    ]
