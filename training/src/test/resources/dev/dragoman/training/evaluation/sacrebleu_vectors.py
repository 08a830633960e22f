"""Makes sacrebleu-vectors.tsv, the scores that Bleu and Chrf are tested against. Not part of the build.

    pip install sacrebleu==2.6.0
    python sacrebleu_vectors.py > sacrebleu-vectors.tsv

Lines of the result, tab-separated, with backslash escapes for line feed, carriage return, tab and backslash:
    segment  group  hypothesis  reference  sentence-BLEU (effective order)  sentence-chrF2
    corpus   group  BLEU  precisions, joined by /  brevity penalty  hypothesis words  reference words  chrF2
"""

import random

import sacrebleu
from sacrebleu.metrics import BLEU, CHRF

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
]


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
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")


def main():
    chance = random.Random(20)
    groups = {}
    for language, references in REFERENCES.items():
        groups[language] = [(distort(r, chance), r) for r in references for _ in range(6)]
    groups["odd"] = ODD
    groups["identical"] = [(r, r) for r in REFERENCES["french"][:5]]
    groups["short"] = [("Ja", "Ja"), ("Datei öffnen", "Datei öffnen"), ("Abbrechen", "Beenden")]
    groups["unmatched"] = [("eins zwei drei vier", "one two three four"), ("rien", "nothing at all")]
    groups["one-word-matched"] = [("this is quite wrong", "that was quite right, I think")]
    groups["too-short"] = [(" ".join(r.split(" ")[:3]), r) for r in REFERENCES["german"]]
    groups["too-long"] = [(r + " " + r, r) for r in REFERENCES["german"]]
    groups["all-empty"] = [("", r) for r in REFERENCES["french"][:3]]
    print(f"# sacrebleu {sacrebleu.__version__}; made by sacrebleu_vectors.py")
    bleu, sentence_bleu, chrf = BLEU(), BLEU(effective_order=True), CHRF()
    for group, segments in groups.items():
        for hypothesis, reference in segments:
            print("segment", group, escape(hypothesis), escape(reference),
                  repr(sentence_bleu.sentence_score(hypothesis, [reference]).score),
                  repr(chrf.sentence_score(hypothesis, [reference]).score), sep="\t")
        hypotheses = [h for h, _ in segments]
        references = [[r for _, r in segments]]
        score = bleu.corpus_score(hypotheses, references)
        print("corpus", group, repr(score.score), "/".join(map(repr, score.precisions)), repr(score.bp), score.sys_len,
              score.ref_len, repr(chrf.corpus_score(hypotheses, references).score), sep="\t")
    print(f"# {bleu.get_signature()}")
    print(f"# {chrf.get_signature()}")


main()
