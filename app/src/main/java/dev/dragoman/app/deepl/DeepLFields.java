package dev.dragoman.app.deepl;

import dev.dragoman.app.http.Field;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The fields of a translation request, as the OpenAPI description tells them; {@link DeepLRequestReader} finds them. */
record DeepLFields(
        @Field(value = "the texts", orSingle = true) List<String> text,
        @Field("code of the language, upper or lower case") String target_lang,

        @Field("code of the language; without it the language is detected") @Nullable
        String source_lang,

        @Field(
                value = "where texts may be cut",
                values = {"0", "1", "nonewlines"})
        @Nullable
        String split_sentences,

        @Field(
                value = "text is cut at tags, which stay as they are",
                values = {"xml", "html"})
        @Nullable
        String tag_handling,

        @Field(value = "elements that stay as they are", orSingle = true) @Nullable
        List<String> ignore_tags,

        @Field(value = "elements at which a sentence ends", orSingle = true) @Nullable
        List<String> splitting_tags,

        @Field(value = "elements at which no sentence ends", orSingle = true) @Nullable
        List<String> non_splitting_tags,

        @Field("false: in XML a sentence ends at splitting_tags alone") @Nullable
        Boolean outline_detection,

        @Field(
                value = "without effect",
                values = {"default", "prefer_more", "prefer_less"})
        @Nullable
        String formality,

        @Field(
                value = "named in the answer",
                values = {"latency_optimized", "quality_optimized", "prefer_quality_optimized"})
        @Nullable
        String model_type,

        @Field("whether the answer tells the characters of each text") @Nullable
        Boolean show_billed_characters) {

    /** Of a request for languages. */
    record Languages(
            @Field(
                    value = "source by default",
                    values = {"source", "target"})
            @Nullable
            String type) {}
}
