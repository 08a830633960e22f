/** Health and metadata of the Open Inference Protocol, version 2, for platforms that look after model servers by it. */
@NullMarked
package dev.dragoman.app.openinference;

import org.jspecify.annotations.NullMarked;
