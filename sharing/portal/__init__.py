"""The portal: a static site for citizens and analysts, a page a table, made from declarations and the lake's logs."""
