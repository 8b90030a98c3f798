namespace KdRl.Rewards;

/// <summary>Rubrics for the four genres of EssayBench (2506.02596).</summary>
/// <remarks>
/// The names and the order of the argumentative traits follow the paper. The traits of the other genres, all questions and all depths
/// are unpublished: those here are KdRl's own. Take other rubrics where you have them.
/// </remarks>
public static class EssayRubrics
{
    /// <summary>Texts that argue for a thesis.</summary>
    public static RubricSpec Argumentative { get; } = Rubric("argumentative",
        ("Argument", 0, ["Is the thesis stated clearly?", "Does the text keep to the assigned topic and take a definite position on it?", "Does the evidence support the thesis?"]),
        ("Evidence", 1, ["Is the evidence relevant to the claim it stands beside?", "Is the evidence specific and credible?", "Is there enough evidence, from more than one side?"]),
        ("Argumentation Methods", 1, ["Do the methods of argument (example, comparison, cause, analogy) fit the claims?", "Are the methods varied?", "Are objections taken up and answered?"]),
        ("Logical Development", 2, ["Does each step follow from the one before?", "Is the text free of contradictions and fallacies?", "Do the parts build towards the thesis?"]),
        ("Expression", 3, ["Is the wording precise?", "Do sentences and transitions read fluently?", "Do tone and style fit an argument for its readers?"]),
        ("Endings", 3, ["Does the ending bring the argument to a conclusion?", "Does it follow from what was argued?", "Does it leave the reader with more than a repetition?"]));

    /// <summary>Texts that tell a story.</summary>
    public static RubricSpec Narrative { get; } = Rubric("narrative",
        ("Plot", 0, ["Is it clear what happens and why?", "Does the story keep to the assigned topic?", "Is there a conflict or change that carries the story?"]),
        ("Characters", 1, ["Are the characters distinct from each other?", "Do their actions follow from who they are?", "Does the reader come to care what becomes of them?"]),
        ("Setting", 1, ["Are time and place clear?", "Is the setting shown by concrete detail?", "Does the setting matter to what happens?"]),
        ("Narrative Development", 2, ["Do events follow from each other?", "Does the pace fit what is told?", "Is tension built and resolved?"]),
        ("Expression", 3, ["Is the wording vivid and precise?", "Do sentences and dialogue read naturally?", "Is the narrator's voice consistent?"]),
        ("Endings", 3, ["Does the ending resolve what the story opened?", "Is it earned by what happened before?", "Does it give the story a meaning or an echo?"]));

    /// <summary>Texts that describe a thing, place, person or scene.</summary>
    public static RubricSpec Descriptive { get; } = Rubric("descriptive",
        ("Subject", 0, ["Is it clear what is described?", "Does the description keep to the assigned topic?", "Does a dominant impression hold it together?"]),
        ("Details", 1, ["Are the details concrete?", "Are the details chosen for what they show of the subject?", "Are the details true to the subject and to each other?"]),
        ("Sensory Appeal", 1, ["Does the text appeal to more than one sense?", "Do images and comparisons make the subject present?", "Does the description evoke a mood?"]),
        ("Organisation", 2, ["Does the description follow an order of space, time or importance?", "Do the parts connect?", "Is each part given the room it deserves?"]),
        ("Expression", 3, ["Is the wording precise and fresh?", "Do sentences read fluently and vary?", "Do figures of speech fit?"]),
        ("Endings", 3, ["Does the ending complete the impression?", "Does it follow from the description?", "Does it leave the reader with a feeling or a thought?"]));

    /// <summary>Texts that explain.</summary>
    public static RubricSpec Expository { get; } = Rubric("expository",
        ("Subject", 0, ["Is it clear what is explained?", "Does the text keep to the assigned topic?", "Does it answer what a reader wants to know about it?"]),
        ("Information", 1, ["Is the information correct?", "Is it complete enough for the purpose?", "Is it specific rather than general?"]),
        ("Explanation Methods", 1, ["Do the methods of explanation (definition, example, comparison, figures, cause) fit the content?", "Are difficult terms explained?", "Are examples helpful?"]),
        ("Logical Structure", 2, ["Is the order of the parts easy to follow?", "Do headings, paragraphs and transitions guide the reader?", "Does each part build on what was explained before?"]),
        ("Expression", 3, ["Is the wording precise and plain?", "Do sentences read fluently?", "Is the tone objective and fit for its readers?"]),
        ("Endings", 3, ["Does the ending sum up or round off the explanation?", "Does it follow from the text?", "Does it show the reader what the knowledge is good for?"]));

    /// <summary>All four.</summary>
    public static IReadOnlyList<RubricSpec> All { get; } = [Argumentative, Narrative, Descriptive, Expository];

    private static RubricSpec Rubric(string genre, params (string Name, int Depth, string[] Questions)[] traits) => new()
    {
        Genre = genre,
        Traits = [.. traits.Select(t => new RubricTrait { Name = t.Name, Depth = t.Depth, Questions = t.Questions })],
    };
}
