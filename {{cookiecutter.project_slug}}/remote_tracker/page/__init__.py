"""The page that shows a project: Results/report.html."""
