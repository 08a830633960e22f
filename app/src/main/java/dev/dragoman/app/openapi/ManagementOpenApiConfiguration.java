package dev.dragoman.app.openapi;

import dev.dragoman.app.http.ManagementPort;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.context.annotation.Import;

/** Named in {@code META-INF/spring}. */
@ManagementPort
@ManagementContextConfiguration(proxyBeanMethods = false)
@Import(ManagementOpenApiController.class)
class ManagementOpenApiConfiguration {}
