// The backtest's page: a form, and the chart of its result.

import "./page.js";
import "../charts/chart.js";
import "../forms.js";
import "../rule_builder.js";
import "../rule_fields.js";
import "../undo.js";
