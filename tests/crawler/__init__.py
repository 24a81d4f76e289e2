"""Visit every link, form, export and API operation of a used site as each kind of user."""
