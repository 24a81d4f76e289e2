// A list of runs to choose from for a comparison.

import "./page.js";
import "../compare_selection.js";
import "../expandable_rows.js";
import "../symbol_picker.js";
