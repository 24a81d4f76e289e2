// The sweep's page: a form, the heatmap of its result, and the charts under it.

import "./page.js";
import "../charts/chart.js";
import "../charts/heatmap.js";
import "../forms.js";
import "../rule_builder.js";
import "../rule_fields.js";
