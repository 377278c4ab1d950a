/** What GraphiQL opens with, and `npm start` prints. */
export const STARTER_QUERY = `# What user 1 may like next. Change the user, or ask for a session:
# target: { session: { id: "s1", events: [{ item: "1" }, { item: "2571" }] } }
query Recommend {
  recommend(input: { target: { user: "1" } }, first: 5) {
    ... on RecommendationConnection {
      servedBy
      edges { rank score sources node { itemId title categories } }
      pageInfo { endCursor hasNextPage }
    }
    ... on Failure { message }
  }
}
`;
