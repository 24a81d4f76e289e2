// What every page has.

import "../request_feedback.js";
import "../shortcuts.js";
