package dev.dragoman.app.administration;

import dev.dragoman.app.http.ManagementPort;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.context.annotation.Import;

/** What the management port has besides Spring Boot's own: {@code /admin}. Named in {@code META-INF/spring}. */
@ManagementPort
@ManagementContextConfiguration(proxyBeanMethods = false)
@Import({ModelController.class, CacheController.class})
class AdministrationConfiguration {}
