// The forecast's page: a form, and the chart of its result.

import "./page.js";
import "../charts/chart.js";
import "../forms.js";
