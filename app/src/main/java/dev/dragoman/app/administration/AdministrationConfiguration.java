package dev.dragoman.app.administration;

import dev.dragoman.app.models.ModelAdministration;
import dev.dragoman.app.sentences.SentenceCache;
import org.springframework.boot.actuate.autoconfigure.web.server.ConditionalOnManagementPort;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementPortType;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * What the management port has besides Spring Boot's own: {@code /admin}.
 *
 * <p>Not found by scanning but named in {@code META-INF/spring}, so that it belongs to the context of the management port and is absent
 * where that port is switched off or is the same as that of translations.
 */
@ConditionalOnManagementPort(ManagementPortType.DIFFERENT)
class AdministrationConfiguration {
    @Bean
    ModelController modelController(ModelAdministration models) {
        return new ModelController(models);
    }

    @Bean
    CacheController cacheController(SentenceCache cache) {
        return new CacheController(cache);
    }

    /** Besides the one that looks for components; converters and error handling are shared with it. */
    @Bean
    RequestMappingHandlerMapping administrationMapping() {
        return new RequestMappingHandlerMapping() {
            @Override
            protected boolean isHandler(Class<?> type) {
                return AnnotatedElementUtils.hasAnnotation(type, ManagementController.class);
            }
        };
    }
}
