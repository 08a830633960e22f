/** The sparsely-gated mixture of experts of Shazeer et al. 2017: gates, experts, and the way of rows from one to the other and back. */
@NullMarked
package dev.dragoman.model.mixture;

import org.jspecify.annotations.NullMarked;
