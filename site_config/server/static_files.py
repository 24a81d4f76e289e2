"""Store static files under names that carry a hash of their content."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class ModuleManifestStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Rewrite the imports of ES modules to hashed names too.

    An import under a plain name would be cached for a minute only, and could mix the modules of two
    versions in one page.
    """

    support_js_module_import_aggregation = True
