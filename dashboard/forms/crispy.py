"""How the pages' forms are laid out; their templates have the form element, and the token where it is due."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, LayoutObject


def fields_alone(*parts: LayoutObject | str) -> FormHelper:
    """Return a layout of the fields without the form element around them."""
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    helper.layout = Layout(*parts)
    return helper
