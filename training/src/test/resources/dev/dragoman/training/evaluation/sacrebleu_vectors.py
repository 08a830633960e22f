"""Makes sacrebleu-vectors.tsv, the scores that the metrics are tested against. Not part of the build.

    pip install sacrebleu==2.6.0 numpy==2.4.6 regex==2026.11.15
    python sacrebleu_vectors.py > sacrebleu-vectors.tsv

Lines of the result, tab-separated; texts with a backslash and three octal digits for control characters:
    segment   group  hypothesis  another system's  reference  second reference
    signature metric  the signature without the version, with one reference
    sentence  metric  scores of all segments' hypotheses, with one reference, in order
    corpus    metric  group  references  score  what sacreBLEU prints behind it
    bootstrap metric  mean  half of the interval: of all segments with two references, as by --confidence
    paired    metric  mean  half  mean of the other system  half  p-value: likewise, as by --paired-bs
The names of the metrics are those of METRICS below and of the test.
"""

import logging
import random

import numpy
import regex
import sacrebleu
from sacrebleu.metrics import BLEU, CHRF, TER
from sacrebleu.significance import PairedTest

SAMPLES = 200

REFERENCES = {
    "french": [
        "Le paquet n'a pas pu être installé.",
        "Cliquez sur le bouton « Enregistrer » pour sauver vos modifications.",
        "Ce programme affiche la liste des fichiers du répertoire courant, triés par date.",
        "L'option --force-yes est obsolète ; utilisez plutôt --allow-downgrades.",
        "Vous devez redémarrer l'ordinateur pour que les changements prennent effet.",
        "La version 2.6.1 corrige 1,234 erreurs et pèse 3,5 Mo.",
        "Voir /usr/share/doc/exim4/README.Debian.gz pour plus de détails.",
        "Êtes-vous sûr de vouloir supprimer %s ?",
        "Ouvrez http://www.example.org/a?b=1&c=2 dans votre navigateur.",
        "Si la valeur est nulle (0), aucune limite n'est appliquée.",
        "Les utilisateurs du groupe « audio » peuvent lire et écrire sur /dev/dsp.",
        "C'est aujourd'hui qu'il faut agir, dit-elle ; demain, il sera trop tard !",
        "Le serveur écoute sur le port 8080 et n'accepte que 32 clients à la fois.",
        "Un fichier de configuration d'exemple se trouve dans le répertoire etc/.",
        "Quelle que soit la langue choisie, l'aide reste disponible en anglais.",
    ],
    "german": [
        "Das Paket konnte nicht installiert werden.",
        "Klicken Sie auf „Speichern“, um Ihre Änderungen zu übernehmen.",
        "Dieses Programm zeigt die nach Datum sortierten Dateien des aktuellen Verzeichnisses an.",
        "Die Option --force-yes ist veraltet; verwenden Sie stattdessen --allow-downgrades.",
        "Sie müssen den Rechner neu starten, damit die Änderungen wirksam werden.",
        "Version 2.6.1 behebt 1.234 Fehler und ist 3,5 MB groß.",
        "Weitere Einzelheiten finden Sie in /usr/share/doc/exim4/README.Debian.gz.",
        "Möchten Sie %s wirklich löschen?",
        "Öffnen Sie http://www.example.org/a?b=1&c=2 in Ihrem Browser.",
        "Ist der Wert null (0), so gibt es keine Grenze.",
        "Mitglieder der Gruppe »audio« dürfen /dev/dsp lesen und schreiben.",
        "Heute muss gehandelt werden, sagte sie; morgen ist es zu spät!",
        "Der Server lauscht auf Port 8080 und nimmt höchstens 32 Clients gleichzeitig an.",
        "Eine Beispielkonfiguration liegt im Verzeichnis etc/.",
        "Welche Sprache auch gewählt wird: die Hilfe bleibt auf Englisch verfügbar.",
    ],
}

ODD = [
    ("", "An empty hypothesis."),
    ("An empty reference.", ""),
    ("", ""),
    (" \u00a0\u3000 ", "Only white space."),
    ("&quot;Yes&quot; &amp; &lt;no&gt;", "\"Yes\" & <no>"),
    ("a &amp;quot; b", "a &quot; b"),
    ("<skipped>It was skipped.", "It was skipped."),
    ("1,234.56 and 7.8.9, then 10-20 or -5.", "1,234.56 and 7.8.9, then 10 - 20 or - 5."),
    ("3.14", "3,14"),
    ("Version 2.", "Version 2 ."),
    (".5 is 0.5, is it not?", "0.5 is .5, isn't it?"),
    ("end-of-line, 2-dimensional, x-2-y", "end of line, 2 dimensional, x-2-y"),
    ("foo@bar.org [a] {b} `c` ~d^e_f|g\\h", "foo @ bar.org [ a ] { b } ` c ` ~ d ^ e _ f | g \\ h"),
    ("“Curly” ‘quotes’ – and… dashes — here", "\"Curly\" 'quotes' - and... dashes - here"),
    ("Le « guillemet »\u202f!", "Le «\u00a0guillemet\u00a0»\u00a0!"),
    ("zero\u200bwidth and soft\u00adhyphen", "zerowidth and softhyphen"),
    ("separated\u2028by\u2029unusual\u0085white\u001fspace", "separated by unusual white space"),
    ("one\nsegment with a line feed", "one segment with a line feed"),
    ("a hyphen-\nated line", "a hyphenated line"),
    ("tab\tseparated\r", "tab separated"),
    ("\ufeffbyte order mark", "byte order mark"),
    ("cafe\u0301 decomposed", "café decomposed"),
    ("ﬁ ligature", "fi ligature"),
    ("İstanbul ıssız", "Istanbul issiz"),
    ("STRASSE Straße", "Straße STRASSE"),
    ("the the the the the the the", "The cat is on the mat."),
    ("the cat the cat on the mat", "the cat is on the mat the cat"),
    ("word", "word"),
    ("two words", "two words"),
    ("now three words", "now three words"),
    ("nothing in common", "alles ganz anders"),
    ("x", "y"),
    ("aaaaaaaaaa", "aaaaa"),
    ("%1$s: %d files in {$count} folders", "%1$s : %d files in { $count } folders"),
    ("C:\\Program Files\\a.exe --help=yes", "C: \\ Program Files \\ a.exe -- help = yes"),
    ("我喜欢自由软件。", "我喜欢自由软件。"),
    ("我 喜欢 自由软件", "我喜欢自由的软件。"),
    ("自由ソフトウェアが好きです。", "私は自由ソフトウェアが好きです。"),
    ("한국어 문장입니다.", "이것은 한국어 문장입니다."),
    ("Я люблю свободные программы.", "Я люблю свободное программное обеспечение."),
    ("أحب البرمجيات الحرة.", "أنا أحب البرمجيات الحرة."),
    ("ฉันชอบซอฟต์แวร์เสรี", "ฉันรักซอฟต์แวร์เสรี"),
    ("٣٫١٤ is not ASCII, १२३.४ neither", "3.14 is not ASCII, 123.4 neither"),
    ("smile 🙂 and 👩‍👩‍👧 and 🇫🇷", "smile 🙂 and 👨‍👩‍👧 and 🇩🇪"),
    ("🙂🙂🙂🙂🙂🙂🙂", "🙂🙃🙂🙃🙂🙃🙂"),
    ("𝒳 is outside the BMP, 𠮷 too", "𝒳 is outside of the BMP, and 𠮷 too"),
    ("no final stop", "No final stop."),
    ("ALL CAPITALS HERE", "all capitals here"),
    ("a" * 300, "a" * 299 + "b"),
    (" ".join(["long"] * 120), " ".join(["long", "short"] * 60)),
    ("control\u0000characters\u0007 here\u007f", "control characters here"),
    ("form\u000cfeed and vertical\u000btab", "form feed and vertical tab"),
    ("&amp;lt;b&amp;gt; &apos;quoted&apos; &#39;", "<b> 'quoted' '"),
    ("１２３，４５６．７８　円", "123,456.78 円"),
    ("Ｆｕｌｌ－ｗｉｄｔｈ，ｔｅｘｔ！", "Full-width, text!"),
    ("「引用」、『二重』。〈山〉【墨】", "“引用”，“二重”。<山>[墨]"),
    ("ﾃｽﾄ･ﾊﾝｶｸ｡", "テスト・ハンカク。"),
    ("ひらがなとカタカナと漢字", "ひらがな と カタカナ と 漢字"),
    ("㈱㍿㊙〒々〆", "株式会社 秘 郵便 々 〆"),
    ("㼢㼣 are beyond a range", "㼣㼢 are beyond a range"),
    ("⺀⿰㇀ radicals", "radicals ⺀ ⿰ ㇀"),
    ("中文，English混合123。4.5％", "中文, English 混合 123. 4.5%"),
    ("ΟΔΥΣΣΕΥΣ ΚΑΙ ΣΑΣ.", "Οδυσσευς και σας."),
    ("Σ ΑΣ' 'ΣΑ ΑΣ\u0301Β Α.Σ Α\u00adΣ", "σ ας' 'σα ασ\u0301β α.ς α\u00adς"),
    ("İİ I ı ǅ ẞ", "i̇i̇ i ı ǆ ß"),
    ("Ⱟ Ꟁ 𐕰 are young capitals", "ⱟ ꟁ 𐖗 are young capitals"),
    ("young marks ؝ ⹓ ₠⃀ 🥹 𑽐 𞓰 \U00011bf0", "young marks ؝⹓ ⃀ 🥹𑽐 , 𞓰,1"),
    ("½ ² Ⅷ ٣ १ 一 with , and .", "1/2, 2. VIII 3 1 1 with , and ."),
    ("x²,y Ⅷ.5 ½,½", "x², y Ⅷ. 5 ½ , ½"),
    ("$5 €3 £2 ¥1 ±0 ×÷ ° © ™", "5 $ 3 € 2 £ 1 ¥ +-0 x: deg (c) (tm)"),
    ("it's\u00a0so, John's\tcat's 's dogs'", "it 's so, John 's cat 's 's dogs '"),
    ("\u2003em space\u2009thin\u202fnarrow", "em space thin narrow"),
    ("a\u200db a\u200cb \u202eright to left", "ab ab right to left"),
    ("e\u0301e\u0300 a\u0308\u0304 z\u0353\u0353", "éè ä\u0304 z\u0353"),
    ("🏴\U000e0067\U000e0062\U000e007f 👍🏽 ❤️ ♥", "🏴 👍 ❤ ♥️"),
    ("\ue000 \ufffd \U0010ffff \u0378 unassigned", "\U0010ffff \ue000 \ufffd unassigned"),
    ("...wait... what?! (sic) [...]", "... wait ... what ? ! ( sic ) [ ... ]"),
    ("-5 - 5 --5 5- -", "- 5 -5 - -5 5 -"),
    (".", "."),
    ("- - -", "-"),
    ("b c a d e f g h", "a b c d e f g h"),
    ("d e f a b c g h i j k l m n", "a b c d e f g h i j k l m n"),
    ("g h i j k l m n o p q r s t a b c d e f", "a b c d e f g h i j k l m n o p q r s t"),
    (" ".join(str(i % 7) for i in range(60)), " ".join(str(i * 3 % 7) for i in range(60))),
    (" ".join(str(i) for i in range(70, 140)) + " " + " ".join(str(i) for i in range(70)), " ".join(map(str, range(140)))),
    ("a b", " ".join(["a", "b", "c"] * 50)),
    (" ".join(["a", "b", "c"] * 50), "c a"),
]


METRICS = {
    **{f"bleu {tok}{' lc' if lc else ''}": (BLEU, {"tokenize": tok, "lowercase": lc})
       for tok in ("13a", "intl", "zh", "char", "none") for lc in (False, True)},
    "bleu floor": (BLEU, {"smooth_method": "floor"}),
    "bleu floor 0.5": (BLEU, {"smooth_method": "floor", "smooth_value": 0.5}),
    "bleu add-k": (BLEU, {"smooth_method": "add-k"}),
    "bleu none-smoothed": (BLEU, {"smooth_method": "none"}),
    "chrf": (CHRF, {}),
    "chrf++": (CHRF, {"word_order": 2}),
    "chrf++ lc": (CHRF, {"word_order": 2, "lowercase": True}),
    "chrf space": (CHRF, {"whitespace": True}),
    "chrf 4 1 3": (CHRF, {"char_order": 4, "word_order": 1, "beta": 3}),
    "ter": (TER, {}),
    "ter norm": (TER, {"normalized": True}),
    "ter nopunct": (TER, {"no_punct": True}),
    "ter norm asian": (TER, {"normalized": True, "asian_support": True}),
    "ter nopunct asian": (TER, {"no_punct": True, "asian_support": True}),
    "ter norm nopunct asian cased": (
        TER, {"normalized": True, "no_punct": True, "asian_support": True, "case_sensitive": True}),
    "ter cased": (TER, {"case_sensitive": True}),
}


def distort(text, chance):
    """A hypothesis as a weak system might write it: words dropped, doubled, swapped, replaced or misspelt."""
    words = text.split(" ")
    kind = chance.randrange(7)
    for _ in range(chance.randrange(1, 3)):
        i = chance.randrange(len(words))
        if kind == 0:
            return text
        if kind == 1 and len(words) > 1:
            del words[i]
        elif kind == 2:
            words.insert(i, words[i])
        elif kind == 3:
            j = chance.randrange(len(words))
            words[i], words[j] = words[j], words[i]
        elif kind == 4:
            words[i] = chance.choice(["xyz", "de", "die", "12,5", "(?)", "…"])
        elif kind == 5:
            words[i] = words[i][::-1]
        else:
            words = words[: max(1, len(words) * 2 // 3)]
    return " ".join(words)


def escape(text):
    """Escapes of Java, octal for control characters."""
    return "".join("\\\\" if c == "\\" else f"\\{ord(c):03o}" if c < " " or c == "\x7f" else c for c in text)


def groups(chance):
    result = {}
    for language, references in REFERENCES.items():
        result[language] = [(distort(r, chance), r) for r in references for _ in range(4)]
    result["odd"] = ODD
    result["identical"] = [(r, r) for r in REFERENCES["french"][:5]]
    result["short"] = [("Ja", "Ja"), ("Datei öffnen", "Datei öffnen"), ("Abbrechen", "Beenden")]
    result["unmatched"] = [("eins zwei drei vier", "one two three four"), ("rien", "nothing at all")]
    result["one-word-matched"] = [("this is quite wrong", "that was quite right, I think")]
    result["too-short"] = [(" ".join(r.split(" ")[:3]), r) for r in REFERENCES["german"]]
    result["too-long"] = [(r + " " + r, r) for r in REFERENCES["german"]]
    result["all-empty"] = [("", r) for r in REFERENCES["french"][:3]]
    result["no-references"] = [(r, "") for r in REFERENCES["french"][:3]]
    # The other system is sometimes worse than the first and sometimes not, so that the p-values are neither 0 nor 1.
    return {group: [(h, distort(chance.choice((h, r, r)), chance), r, distort(r, chance)) for h, r in segments]
            for group, segments in result.items()}


def metric(name, references, **further):
    kind, settings = METRICS[name]
    return kind(**settings, **further, references=references)


def number(value):
    return repr(float(value))


def sentences(name, segments):
    kind, settings = METRICS[name]
    further = {"effective_order": True} if kind is BLEU else {}
    scorer = kind(**settings, **further)
    return [scorer.sentence_score(hypothesis, [reference]).score for hypothesis, _, reference, _ in segments]


def main():
    logging.disable(logging.WARNING)
    print(f"# sacrebleu {sacrebleu.__version__}, numpy {numpy.__version__}, regex {regex.__version__};"
          " made by sacrebleu_vectors.py")
    by_group = groups(random.Random(20))
    segments = [segment for group in by_group.values() for segment in group]
    for group, members in by_group.items():
        for texts in members:
            print("segment", group, *map(escape, texts), sep="\t")
    for name in METRICS:
        for group, members in by_group.items():
            for count in (1, 2):
                scorer = metric(name, [[texts[2 + i] for texts in members] for i in range(count)])
                score = scorer.corpus_score([texts[0] for texts in members], None)
                print("corpus", name, group, count, number(score.score), score._verbose, sep="\t")
                if count == 1 and group == "odd":
                    print("signature", name, str(scorer.get_signature()).rsplit("|version:", 1)[0], sep="\t")
        print("sentence", name, " ".join(f"{score:.12g}" for score in sentences(name, segments)), sep="\t")
        references = [[texts[2] for texts in segments], [texts[3] for texts in segments]]
        hypotheses, others = [texts[0] for texts in segments], [texts[1] for texts in segments]
        score = metric(name, references).corpus_score(hypotheses, None, n_bootstrap=SAMPLES)
        print("bootstrap", name, number(score._mean), number(score._ci), sep="\t")
        test = PairedTest([("one", hypotheses), ("other", others)], {"metric": metric(name, references)}, None,
                          test_type="bs", n_samples=SAMPLES)
        _, scores = test()
        (one, other), = [results for key, results in scores.items() if key != "System"]
        print("paired", name, number(one.mean), number(one.ci), number(other.mean), number(other.ci),
              number(other.p_value), sep="\t")


main()
