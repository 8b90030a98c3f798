using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using KdRl.Rewards;
using Microsoft.Extensions.Options;

namespace KdRl.Tests.Rewards.Rules;

public class LanguageTests
{
    /// <summary>"I do not know where they are, but we will look for them after the rain", more or less.</summary>
    public static TheoryData<string, string> Sentences => new()
    {
        { "en", "I do not know where they are, but we will look for them after the rain." },
        { "es", "No sé dónde están, pero los vamos a buscar después de la lluvia." },
        { "pt", "Não sei onde eles estão, mas vamos procurá-los depois da chuva." },
        { "fr", "Je ne sais pas où ils sont, mais nous les chercherons après la pluie." },
        { "de", "Ich weiß nicht, wo sie sind, aber wir werden sie nach dem Regen suchen." },
        { "it", "Non so dove sono, ma li cercheremo dopo la pioggia." },
        { "nl", "Ik weet niet waar ze zijn, maar we zullen ze na de regen zoeken." },
        { "sv", "Jag vet inte var de är, men vi ska leta efter dem efter regnet." },
        { "fi", "En tiedä missä he ovat, mutta etsimme heitä sateen jälkeen." },
        { "pl", "Nie wiem, gdzie oni są, ale będziemy ich szukać po deszczu." },
        { "cs", "Nevím, kde jsou, ale budeme je hledat po dešti." },
        { "ro", "Nu știu unde sunt, dar îi vom căuta după ploaie." },
        { "hu", "Nem tudom, hol vannak, de az eső után megkeressük őket." },
        { "tr", "Nerede olduklarını bilmiyorum ama yağmurdan sonra onları arayacağız." },
        { "vi", "Tôi không biết họ ở đâu, nhưng chúng tôi sẽ tìm họ sau cơn mưa." },
        { "id", "Saya tidak tahu di mana mereka, tetapi kita akan mencari mereka setelah hujan." },
        { "sw", "Sijui wako wapi, lakini tutawatafuta baada ya mvua." },
        { "ru", "Я не знаю, где они, но мы будем искать их после дождя." },
        { "uk", "Я не знаю, де вони, але ми будемо шукати їх після дощу." },
        { "bg", "Не знам къде са, но ще ги търсим след дъжда." },
        { "ar", "لا أعرف أين هم، ولكن سنبحث عنهم بعد المطر." },
        { "fa", "نمی‌دانم آنها کجا هستند، اما بعد از باران به دنبال آنها می‌گردیم." },
        { "ur", "مجھے نہیں معلوم کہ وہ کہاں ہیں، لیکن ہم بارش کے بعد انہیں ڈھونڈیں گے۔" },
        { "hi", "मुझे नहीं पता कि वे कहाँ हैं, लेकिन हम बारिश के बाद उन्हें खोजेंगे।" },
        { "mr", "ते कुठे आहेत हे मला माहीत नाही, पण आम्ही पावसानंतर त्यांना शोधू." },
        { "ne", "उनीहरू कहाँ छन् मलाई थाहा छैन, तर हामी पानी परेपछि खोज्नेछौं र भेट्नेछौं।" },
        { "bn", "তারা কোথায় আছে আমি জানি না।" },
        { "pa", "ਮੈਨੂੰ ਨਹੀਂ ਪਤਾ ਉਹ ਕਿੱਥੇ ਹਨ।" },
        { "gu", "મને ખબર નથી કે તેઓ ક્યાં છે." },
        { "ta", "அவர்கள் எங்கே என்று எனக்குத் தெரியாது." },
        { "te", "వారు ఎక్కడ ఉన్నారో నాకు తెలియదు." },
        { "kn", "ಅವರು ಎಲ್ಲಿದ್ದಾರೆ ಎಂದು ನನಗೆ ಗೊತ್ತಿಲ್ಲ." },
        { "ml", "അവർ എവിടെയാണെന്ന് എനിക്കറിയില്ല." },
        { "th", "ฉันไม่รู้ว่าพวกเขาอยู่ที่ไหน" },
        { "he", "אני לא יודע איפה הם." },
        { "el", "Δεν ξέρω πού είναι." },
        { "ko", "나는 그들이 어디에 있는지 모른다." },
        { "ja", "彼らがどこにいるのか分かりません。" },
        { "zh", "我不知道他们在哪里。" },
    };

    [Theory, MemberData(nameof(Sentences))]
    public void Detect_Sentences_AreTold(string language, string sentence)
    {
        Assert.Equal(language, LanguageDetector.Default.Detect(sentence));
        Assert.Equal(language, LanguageDetector.Default.Detect(sentence.ToUpperInvariant()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("123 + 456 = 579")]
    [InlineData("xyzzy plugh")]
    [InlineData("ᚠᚢᚦᚨᚱᚲ")] // Runes: a script without a language here.
    public void Detect_NothingToGoBy_IsNull(string text) => Assert.Null(LanguageDetector.Default.Detect(text));

    [Property]
    public Property Detect_AnyText_IsAKnownLanguageOrNull() => Prop.ForAll(HostileTexts.Short, text =>
        LanguageDetector.Default.Detect(text) is not { } found || Sentences.Any(s => (string)s[0] == found) || found is "da" or "nb" or "ca");

    [Fact]
    public void Share_OneLanguage_IsWhole()
    {
        Assert.All(Sentences, row => Assert.Equal(1, LanguageConsistency.Share((string)row[1], (string)row[0])));
        Assert.Equal(0, LanguageConsistency.Share("Das ist nicht das, was wir wollen, aber wir haben es.", "en"));
        Assert.Equal(0, LanguageConsistency.Share("123", "en"));
    }

    [Fact]
    public void Share_ForeignScriptInside_CountsItsLetters() =>
        Assert.Equal(19 / 23.0, LanguageConsistency.Share("so the answer to that is 四十二个", "en"), 12);

    [Fact]
    public void Share_ForeignParagraph_CountsAsAWhole()
    {
        var english = string.Concat(Enumerable.Repeat("this is what they will do when it is time ", 8));
        var german = string.Concat(Enumerable.Repeat("das ist nicht das was wir haben wollen und ", 8));

        var share = LanguageConsistency.Share($"{english}\n{german}\n{english}", "en");

        Assert.Equal(2.0 * Letters(english) / ((2 * Letters(english)) + Letters(german)), share, 12);
    }

    [Fact]
    public void Share_CodeAndFormulas_DoNotCount()
    {
        Assert.Equal(1, LanguageConsistency.Share("答案是 $x + y$ 和 $$abc$$\n```python\nprint(answer)\n```\n谢谢", "zh"));
        Assert.InRange(LanguageConsistency.Share("答案是 $x + y", "zh"), 0.5, 0.9); // Not closed: it counts.
    }

    [Property]
    public Property Share_AnyText_IsInRange() => Prop.ForAll(HostileTexts.Short, text => LanguageConsistency.Share(text, "en") is >= 0 and <= 1);

    [Fact]
    public void ScoreAsync_Language_IsNamedOrTakenFromThePrompt()
    {
        var reward = new LanguageConsistencyReward();
        var named = new Dictionary<string, string> { ["language"] = "zh" };

        Assert.Equal(1, reward.Score(Requests.Of("我不知道", metadata: named)).Value);
        Assert.Equal(1, reward.Score(Requests.Of("We do not know that.", prompt: "What is the answer to this?")).Value);
        Assert.Equal(0, reward.Score(Requests.Of("我不知道", prompt: "What is the answer to this?")).Value);
        Assert.Equal(RewardStatus.NotApplicable, reward.Score(Requests.Of("x", prompt: "1 + 1 = ?")).Status);
        Assert.Equal(RewardStatus.NotApplicable, reward.Score(Requests.Of("x", metadata: new Dictionary<string, string> { ["language"] = "xx" })).Status);
        Assert.Equal(1, new LanguageConsistencyReward(new LanguageConsistencyOptions { Language = "en" }).Score(Requests.Of("we are", prompt: "1")).Value);
        Assert.Throws<OptionsValidationException>(() => new LanguageConsistencyReward(new LanguageConsistencyOptions { Language = "xx" }));
        Assert.Throws<ArgumentException>(() => LanguageConsistency.Share("x", "xx"));
    }

    [Fact]
    public void ScoreAsync_HostileTexts_ScoreInRange()
    {
        var reward = new LanguageConsistencyReward(new LanguageConsistencyOptions { Language = "en" });

        Assert.All(HostileTexts.All(), text => Assert.InRange(reward.Score(Requests.Of(text)).Value!.Value, 0, 1));
    }

    private static int Letters(string text) => text.Count(char.IsLetter);
}
