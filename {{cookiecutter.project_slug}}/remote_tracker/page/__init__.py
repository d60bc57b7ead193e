"""Make the project's page, Results/report.html: one file for the lab, and beside it a folder with a page a day."""
