package dev.dragoman.model.mixture;

/** The factored estimate of a matrix of second moments (Shazeer et al. 2017, appendix D), for comparison. */
final class ReferenceFactoredMoment {
    private ReferenceFactoredMoment() {}

    /** {@code R C^T / mean(R)}, where R and C are the averages of the rows and of the columns. */
    static double[][] estimate(double[][] moments) {
        int rows = moments.length;
        int columns = moments[0].length;
        double[] ofRows = new double[rows];
        double[] ofColumns = new double[columns];
        double mean = 0;
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                ofRows[i] += moments[i][j] / columns;
                ofColumns[j] += moments[i][j] / rows;
            }
            mean += ofRows[i] / rows;
        }
        double[][] estimate = new double[rows][columns];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                estimate[i][j] = ofRows[i] * ofColumns[j] / mean;
            }
        }
        return estimate;
    }
}
