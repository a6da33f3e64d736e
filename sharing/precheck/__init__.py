"""The quality flags of data.gov.tw, found before a file is uploaded, with what to mend."""
