"""Two fictional court case files and the means to make them: letters, layout, marks and ageing."""
