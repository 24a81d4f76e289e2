// A page with charts and no form beside them.

import "./page.js";
import "../charts/chart.js";
