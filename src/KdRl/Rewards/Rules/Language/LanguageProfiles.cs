namespace KdRl.Rewards;

/// <summary>The languages that are told apart: commonest words (articles, pronouns, prepositions, auxiliaries) and distinctive letters.</summary>
internal static class LanguageProfiles
{
    private const string Latin = """
        en | | the of and to in a is that it for was on are as with his they at be this from have or by one had not but what all were when we there can an your which their said if do will each about how up out them then she many some so these would other into has more her two like him see time could no make than been its who did my over only new any may should you he our where because through does while after before between must such being very just also most i'm it's don't here every own under both against during without
        es | ñ¿¡ | de la que el en y a los se del las un por con no una su para es al lo como más o pero sus le ha me si sin sobre este ya entre cuando todo esta ser son dos también fue había era muy años hasta desde está mi porque qué sólo han yo hay vez puede todos así nos ni parte tiene él uno donde bien tiempo mismo ese ahora cada e vida otro después te otros aunque esa eso hace otra tan durante siempre día tanto ella tres sí dijo sido gran según menos toda
        pt | ãõ | de a o que e do da em um para é com não uma os no se na por mais as dos como mas foi ao ele das tem à seu sua ou ser quando muito há nos já está eu também só pelo pela até isso ela entre era depois sem mesmo aos ter seus quem nas me esse eles estão você tinha foram essa num nem suas meu às minha têm numa pelos elas havia seja qual será nós tenho lhe deles essas esses pelas este fosse dele toda todo
        fr | œêûî | de la le et les des en un du une que est pour qui dans a par plus pas au sur ne se ce il sont avec ou son comme mais nous aux cette ont sa on être ses été fait elle leur tout bien vous peut même deux ces je sans si entre aussi dont où leurs non d'un d'une c'est n'est qu'il toute donc car faire très était ils mon votre notre tous autres encore après quand chaque doit contre
        de | ß | der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er hat dass daß sie nach wird bei einer um am sind noch wie einem über einen so zum war haben nur oder aber vor zur bis mehr durch man sein wurde sei ihr ihre seine kann gegen vom können schon wenn habe mich ich wir dieser diese dieses unter sehr selbst hier seiner alle jeder keine jedoch damit eines
        it | | di e il la che in a per un è del non si una con i da le dei sono al della nel come più alla ha o ma gli anche delle lo se nella su dal ad dalla essere questo ed tra suo ai sua degli ci dell all nell era hanno loro tutti quando perché molto stato fatto dopo senza ogni cui può solo questa mi io lui lei noi alle nei dalle sulla suoi sue altri dall un'altra c'è
        nl | | de van het een en in is dat op te zijn met voor niet aan er om ook als dan maar bij uit door over nog naar heeft of hij worden wordt kan deze wel tot meer al geen hebben die werd onder ze je ik zich wat had na zo dit zij moet tegen haar hun alle iedere andere veel kunnen hem u heb mijn waar hoe onze wij daar
        sv | åäö | och i att det som en på är av för med till den har de inte om ett han men var jag sig från vi så kan när år eller ut skall vara ska hade där under över vid hon mot efter också nu man detta sin finns sina varje få alla mycket än då kommer bara andra mellan hans blir in utan dem skulle denna mig genom någon samt ej dess vad oss mitt du ni
        da | øæå | og i at det er en til af på for med som den der de ikke har et om han var fra men vi sig jeg så kan være blev efter ved eller ham hun havde nu over da også skal under mod denne man hvor hans alle deres sin mere bliver op meget noget hvis siden sine blive mig andre ud mellem uden kun dette du selv hvad nogen hendes været når få
        nb | øæå | og i det er på som en til for av med at har de ikke den et om fra var han men seg vi så kan jeg ble ved eller etter også når hun være skal nå over hadde under mot mer ut alle blir sin dette hva må sitt inn enn kunne opp noe ham andre mellom noen uten hvor denne bare skulle her du meg bli sine selv deres vært ha dem
        fi | äö | ja on ei että se oli hän ovat kuin myös mutta ole joka sen mukaan jos niin vain kun tai sekä minä olla hänen mitä nyt jotka kanssa voi ollut jonka sitä tämä vielä sitten siitä tässä olisi kaikki minun häntä tämän vuoden joita eli koko ne he me te sinä niiden hyvin aina ilman kaikkien johon vastaan saa pitää näin tulee mikä sinun oma kuten olen eivät aikana jälkeen jossa keitä
        pl | łżźśćąęń | w i na z się nie do to że jest o jak po za od co ale przez dla są tym być oraz czy był jego tak już które przy może tylko także pod lub ten będzie jako tego ich również ze a było który jej można kiedy bardzo nad gdy mnie ma tej te każdy jednak między innych każda wszystkich bez swoich tych ani jeśli więc gdzie ja mi ty
        cs | řěůčšžý | a se v na je že to s z do o i ve jako by pro za k po ale si od jeho které který jsou nebo být také už jen podle byl jak před aby má ze při až bylo její však své byla mezi může této když co každý svou ani musí která jejich není tak tím nad bez budou bude jsem let vše ty já my vy
        ro | ășțâ | de și în a la cu pe o un să din că care nu este mai pentru sau al ale prin fi au ca fost lui se despre fără sunt cel după între are ce sa ei dar această acest sale unui unei toate el ea ar nici numai lor doar când era cum până dintre tot foarte îi își astfel asupra împotriva dacă mi noi voi eu
        hu | őű | a az és hogy nem is egy van ez de ha volt csak meg el mint még már vagy azt minden kell ki sem lehet után majd nagy ezt lesz mert olyan ami azonban első amely pedig úgy nincs szerint között más saját be fel le ő én te mi ti ők ezek annak akkor itt ott most így illetve való során által jog valamely
        ca | ·ç | de la i que el a en els les per un del una amb no és al dels es com més o són ha ser seu seva tot aquest aquesta però seus sense entre sobre també ja hi ni quan molt fer té fins tota i/o pot on pels totes cada altres nosaltres aquests qual vida altra pel mateix ell ella d'una d'un l'home s'ha
        tr | ğışİ | ve bir bu için ile da de olarak olan daha çok gibi en her ne kadar sonra ise ya o ancak var ki veya mi değil onun bütün göre ben biz iki kendi diye içinde arasında tarafından herkes olduğu oldu yok hiç şey ama önce bunu hem üzere karşı etmek olması hiçbir vardır nasıl zaman ederim siz sen benim olur edilir
        vi | đơưăạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ | và của các là trong những được cho có không với người một để này khi đến từ về như đã mọi ra thì vào cũng sẽ tôi bạn nhiều mà lại phải bị tại đều theo hay hoặc do trên bất ai
        id | | yang dan di dengan untuk dari pada dalam tidak ini itu adalah akan oleh sebagai juga ke atau dapat telah karena ada tersebut saya mereka kita anda bisa lebih sudah harus setiap atas menjadi secara seperti hanya saat bahwa para semua tanpa namun maupun antara serta tak lain hal kami dia ia nya terhadap bagi tentang ketika dirinya
        sw | | na ya wa kwa ni katika la za kuwa hii huo cha kama au hiyo yake wake watu mtu kila bila ana kwamba lakini pia ili hivyo yao wao kutoka baada yenye wote zote si yote hayo ambao ambayo huyu sana mimi wewe sisi kuna tu vya mwa hapa vile mwenye lazima pamoja hasa kabla nyingine yoyote zake wengine hilo bado je ndiyo kuhusu wakati
        """;

    private const string Cyrillic = """
        ru | ыэё | и в не на я что с а по это он как но к у из за то же все она так его от о для до вы бы мы ты если уже или ни быть был её него только вот когда даже под может этого них есть чтобы нет их со при будет который каждый должны также более были после своих свою без этом
        uk | іїєґ | і в на з не що до та за у як й це від по а із для про або є він але його які також було був вона бути під час який має кожна без свої їх при так ще ми ви якщо чи щоб можна того коли після повинна цих якої вони тільки дуже мені я
        bg | | на и в за да се от с не че са по е като до при или във има това си със които след също ще който бъде но а без му към само както всеки през между беше много може тази този те той тя ние вие аз ако им трябва което която още когато своите й тези всички бил
        """;

    private const string Arabic = """
        ar | ةىيكأإ | في من على أن إلى التي الذي هذا هذه عن مع ما لا كل أو كان هو هي بين بعد قد كما ذلك لم و له ثم عند غير بها وقد لها إن يكون لكل دون منها الى فيها وفي أي إذا حتى حيث وهو كانت نحن أنت أنا تلك هناك ولا
        fa | پچژگ | و در به از که این را با است برای آن یک خود تا بر هم نیز شده باید می ها هر او کرد شود دارد یا کند ما دیگر هیچ آنها وی شما من بود اگر اما همه نمی بین مورد باشد های ای
        ur | ٹڈڑںےھہ | کے کی میں اور ہے سے کا کو اس نے کہ پر یہ ہیں جو بھی کر ایک وہ تھا ہو نہیں تک لیے کیا گا گیا تو ان یا ہر جس اپنے اپنی جائے ہی اسے ہم آپ میرے تھے گی دیا کرنے والے ساتھ
        """;

    private const string Devanagari = """
        hi | | के का की में है और को से पर यह कि ने हैं एक भी इस लिए तो या हो था नहीं किया जो वह अपने कर गया उस साथ तक कोई थी उनके अपनी जा प्रत्येक मैं हम आप वे ही कुछ बहुत जाता सकता होता रहा जब क्या यदि ऐसे होगा
        mr | ळ | आणि आहे या व हे ते की तो ही तर च असे एक नाही होते त्या केला मध्ये आहेत हा मी करून काही आपल्या त्यांच्या प्रत्येक किंवा यांना त्याला सर्व असून मला पण झाला केली होता जे येईल करण्याचा आपण तुम्ही म्हणून असेल पाहिजे त्याच्या तसेच
        ne | | छ र को मा का हरु यो पनि भने लागि गर्ने गर्न छन् छैन हुन्छ गरेको थियो हो वा प्रत्येक ले लाई एक तथा आफ्नो हुने तर यस त्यो म हामी तपाईं भएको गरी कुनै सबै साथ अनि के गर्दै बाट उनले हुनेछ पाउने
        """;

    /// <summary>The languages of each writing system; a system with one language needs no words.</summary>
    public static IReadOnlyDictionary<Script, IReadOnlyList<LanguageProfile>> ByScript { get; } = new Dictionary<Script, IReadOnlyList<LanguageProfile>>
    {
        [Script.Latin] = Read(Latin),
        [Script.Cyrillic] = Read(Cyrillic),
        [Script.Arabic] = Read(Arabic),
        [Script.Devanagari] = Read(Devanagari),
        [Script.Greek] = Only("el"),
        [Script.Hebrew] = Only("he"),
        [Script.Bengali] = Only("bn"),
        [Script.Gurmukhi] = Only("pa"),
        [Script.Gujarati] = Only("gu"),
        [Script.Tamil] = Only("ta"),
        [Script.Telugu] = Only("te"),
        [Script.Kannada] = Only("kn"),
        [Script.Malayalam] = Only("ml"),
        [Script.Thai] = Only("th"),
        [Script.Hangul] = Only("ko"),
    };

    private static LanguageProfile[] Read(string table) => [.. table.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(LanguageProfile.Parse)];

    private static LanguageProfile[] Only(string code) => [new LanguageProfile(code, [], "")];
}
