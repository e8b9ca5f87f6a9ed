"""Documents that the registry makes: values in, bytes out."""
